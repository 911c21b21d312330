"""The applicant's side: calls, the form, the offer, reports and the survey."""
