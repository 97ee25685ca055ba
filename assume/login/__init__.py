"""Signing in: IAM Identity Center and console credentials; tokens, the browser, device codes, signing out."""
