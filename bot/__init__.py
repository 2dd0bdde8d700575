"""Top floor: Slack, the agent, approvals, durable runs, the command line."""
