"""A Django site that uses one of the packages: its name is in $PACKAGE, its directory in $SITE."""

import os
import pathlib
from datetime import timedelta

PACKAGE = os.environ["PACKAGE"]
HOME = pathlib.Path(os.environ["SITE"])
# The pages of the single-page app.
PAGES = os.environ.get("PAGES", "http://localhost:5173")

# Countersign reads the same file.
SECRET_KEY = pathlib.Path(__file__).with_name("old.secret").read_text(encoding="ascii").strip()
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
ROOT_URLCONF = "urls"
SITE_ID = 1
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": HOME / "db.sqlite3"}}
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = HOME / "mails"
DEFAULT_FROM_EMAIL = "site@mail.example"
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
}]
MIDDLEWARE = [
    "cors.AllowAll",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.sites",
    "rest_framework",
    "rest_framework.authtoken",
]
# As `startproject` writes them.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator",
                 "NumericPasswordValidator")
]
# The first one hashes new passwords.
PASSWORD_HASHERS = [
    "hashers.QuickPBKDF2",
    "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "hashers.QuickBCryptSHA256",
    "hashers.QuickBCrypt",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "hashers.WrappedSHA1",
]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
}
SIMPLE_JWT = {"REFRESH_TOKEN_LIFETIME": timedelta(days=30)}

if PACKAGE == "djoser":
    INSTALLED_APPS += ["djoser", "rest_framework_simplejwt", "rest_framework_simplejwt.token_blacklist"]
    REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"].append("rest_framework_simplejwt.authentication.JWTAuthentication")
    SIMPLE_JWT["AUTH_HEADER_TYPES"] = ("Bearer", "JWT")
    DJOSER = {
        "SEND_ACTIVATION_EMAIL": True,
        "ACTIVATION_URL": "activate/{uid}/{token}",
        "PASSWORD_RESET_CONFIRM_URL": "password/reset/confirm/{uid}/{token}",
        "USERNAME_RESET_CONFIRM_URL": "username/reset/confirm/{uid}/{token}",
        "EMAIL_FRONTEND_PROTOCOL": PAGES.split("://")[0],
        "EMAIL_FRONTEND_DOMAIN": PAGES.split("://")[1],
    }
elif PACKAGE == "dj-rest-auth":
    INSTALLED_APPS += [
        "allauth",
        "allauth.account",
        "allauth.socialaccount",
        "allauth.socialaccount.providers.github",
        "dj_rest_auth",
        "dj_rest_auth.registration",
        "rest_framework_simplejwt",
        "rest_framework_simplejwt.token_blacklist",
    ]
    MIDDLEWARE.append("allauth.account.middleware.AccountMiddleware")
    REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"] = [
        "dj_rest_auth.jwt_auth.JWTCookieAuthentication",
        "rest_framework.authentication.TokenAuthentication",
    ]
    REST_AUTH = {
        "USE_JWT": True,
        "JWT_AUTH_HTTPONLY": False,
        "OLD_PASSWORD_FIELD_ENABLED": True,
        "PASSWORD_RESET_SERIALIZER": "reset.PagesReset",
    }
    ACCOUNT_ADAPTER = "adapter.PagesAdapter"
    ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
    ACCOUNT_RATE_LIMITS = False
elif PACKAGE.startswith("django-rest-registration"):
    INSTALLED_APPS.append("rest_registration")
    REST_REGISTRATION = {
        "REGISTER_VERIFICATION_URL": f"{PAGES}/verify-user/",
        "RESET_PASSWORD_VERIFICATION_URL": f"{PAGES}/reset-password/",
        "REGISTER_EMAIL_VERIFICATION_URL": f"{PAGES}/verify-email/",
        "VERIFICATION_FROM_EMAIL": DEFAULT_FROM_EMAIL,
        "RESET_PASSWORD_FAIL_WHEN_USER_NOT_FOUND": False,
    }
    if PACKAGE.endswith("once"):
        REST_REGISTRATION["REGISTER_VERIFICATION_ONE_TIME_USE"] = True
        REST_REGISTRATION["RESET_PASSWORD_VERIFICATION_ONE_TIME_USE"] = True
else:
    raise SystemExit(f"there is no package {PACKAGE} here")
