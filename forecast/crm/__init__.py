"""The only readers of foreign data: CRM exports in, one event log out."""
