"""An app of Django REST framework whose users are logged in by simplejwt, with a secret that it shares."""

import threading
import wsgiref.simple_server

import django
from accounts import get
from django.conf import settings


class QuietHandler(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *_):
        pass


class ResourceServer:
    """Serves who is logged in."""

    def __init__(self, secret):
        settings.configure(
            ALLOWED_HOSTS=["127.0.0.1"],
            ROOT_URLCONF=__name__,
            SECRET_KEY="a key of this app alone, which signs nothing here",
            SIMPLE_JWT={"SIGNING_KEY": secret, "ALGORITHM": "HS256"},
            REST_FRAMEWORK={
                "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTStatelessUserAuthentication"],
                "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
                "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
                "UNAUTHENTICATED_USER": None,
            },
            INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "rest_framework"],
            USE_TZ=True,
        )
        django.setup()
        from django.core.wsgi import get_wsgi_application
        from django.urls import path
        from rest_framework.response import Response
        from rest_framework.views import APIView

        class Me(APIView):
            def get(self, request):
                return Response({"user_id": request.user.id})

        globals()["urlpatterns"] = [path("me/", Me.as_view())]
        server = wsgiref.simple_server.make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=QuietHandler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}/me/"

    def ask(self, token):
        return get(self.url, token)

    def sign(self, claims):
        """Signs an access token as an app with the secret can."""
        from rest_framework_simplejwt.tokens import AccessToken

        token = AccessToken()
        for name, value in claims.items():
            token[name] = value
        return str(token)
