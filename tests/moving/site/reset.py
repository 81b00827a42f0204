"""Leads the links of dj-rest-auth that reset passwords to the pages of the single-page app."""

from allauth.account.utils import user_pk_to_url_str
from dj_rest_auth.serializers import PasswordResetSerializer
from django.conf import settings


class PagesReset(PasswordResetSerializer):
    def get_email_options(self):
        return {"url_generator": url_of_the_page}


def url_of_the_page(request, user, token):
    return f"{settings.PAGES}/password/reset/confirm/{user_pk_to_url_str(user)}/{token}"
