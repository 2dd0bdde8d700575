"""Tests of the commands over an org on loopback."""
