"""Who may see what: random companies, workspaces and requests, judged by rules that share no code with the bot."""
