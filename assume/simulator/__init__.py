"""A strict AWS on loopback: STS, the container's and the instance's metadata, MFA devices."""
