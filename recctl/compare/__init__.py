"""Requests and answers compared: what differs, by path, and which recordings are nearest."""
