"""Slack: what is said there, who may see what where, and how answers get there."""
