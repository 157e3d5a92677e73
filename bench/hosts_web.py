"""What web.py is to app.py: the application of bench/hosts_app.py as a web server begins it."""

from bench.hosts_app import begin

app = begin()
