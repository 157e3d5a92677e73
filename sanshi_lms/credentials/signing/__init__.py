"""Signatures of certificates (Ed25519, RFC 8032): made here, checked anywhere."""
