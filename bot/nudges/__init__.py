"""What owners are asked about their deals, what they answer, and what follows from it over days: values and pure steps."""
