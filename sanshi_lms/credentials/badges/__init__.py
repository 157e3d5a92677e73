"""Certificates as Open Badges 3.0: verifiable credentials that wallets and other sites take in."""
