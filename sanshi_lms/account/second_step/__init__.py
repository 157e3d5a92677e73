"""The second step of signing in (两步验证): a code from the person's own phone, or a kept one.

Time-based one-time passwords (RFC 6238), read by any authenticator app, and ten recovery codes for
the day the phone is lost. GB/T 22239-2019 8.1.4.1 d) asks for two kinds of proof at level 3.
"""
