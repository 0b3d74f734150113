"""Signing in, and keeping the grant good."""
