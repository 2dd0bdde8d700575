"""Top floor: Slack, the agent, approvals, durable runs and the command line."""
