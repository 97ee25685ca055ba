"""What talks to AWS: STS, the sources of credentials, the MFA device, refusals, the AWS CLI's cache."""
