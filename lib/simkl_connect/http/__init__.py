"""Requests to Simkl and the responses to them."""
