"""Scenarios from a Slack event to what everybody in Slack saw."""
