"""What a press opens: the sign-in, the account, the activity page, the sync."""
