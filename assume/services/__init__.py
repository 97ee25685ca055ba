"""What the slower verbs do with AWS, through boto3 sessions and clients: one file for one verb's work."""
