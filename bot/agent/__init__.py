"""What a person means: from words to typed intents by rules, and from intents to answers."""
