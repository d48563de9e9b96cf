"""Text to records, each grounded in the words it rests on; records to measures and agreements."""
