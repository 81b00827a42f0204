"""Leads allauth's links to the pages of the single-page app."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings


class PagesAdapter(DefaultAccountAdapter):
    def get_email_confirmation_url(self, request, emailconfirmation):
        return f"{settings.PAGES}/confirm-email/{emailconfirmation.key}"
