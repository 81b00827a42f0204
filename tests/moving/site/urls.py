from django.conf import settings
from django.urls import include, path
from django.views.generic import View

if settings.PACKAGE == "djoser":
    urlpatterns = [
        path("auth/", include("djoser.urls")),
        path("auth/", include("djoser.urls.authtoken")),
        path("auth/", include("djoser.urls.jwt")),
    ]
elif settings.PACKAGE == "dj-rest-auth":
    urlpatterns = [
        # Its name is what mails are made with; the page is the app's.
        path("password/reset/confirm/<uidb64>/<token>/", View.as_view(), name="password_reset_confirm"),
        path("dj-rest-auth/", include("dj_rest_auth.urls")),
        path("dj-rest-auth/registration/", include("dj_rest_auth.registration.urls")),
    ]
else:
    urlpatterns = [path("api/v1/accounts/", include("rest_registration.api.urls"))]
