"""From words to what a person sees: the whole line, on the invented company."""
