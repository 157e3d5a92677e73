"""The unit's own certificate, with which PDFs are signed so that any reader shows who did."""
