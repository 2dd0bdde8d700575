"""What people do in Slack: speak, press, keep house, look."""
