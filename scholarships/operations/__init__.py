"""What staff and applicants do: apply, judge, decide, award, report."""
