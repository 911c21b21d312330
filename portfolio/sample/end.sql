DROP TABLE IF EXISTS sample_promise, sample_request, sample_decision, sample_draw, sample_amendment,
    sample_back, sample_end, sample_entry, sample_ledger;
