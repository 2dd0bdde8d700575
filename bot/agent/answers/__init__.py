"""From an intent to what is said: one function a kind of intent. Numbers come from measures and findings only."""
