//! The token API of a well-known tutorial for Wagtail and Django REST framework: `register/` and `login/`.
//!
//! `docs/http-api/tutorial.md` describes the paths, their requests and their answers.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::json;

use super::contract::Contract;
use super::declared_fields;
use super::names::{describe_new_username, read_new_username};
use super::registering::Registering;
use super::service_faults::telling;
use super::site::Site;
use super::user_values::{UserValues, Viewer, describe_declared, describe_fields};
use super::words::{EMAIL_TAKEN, USERNAME_TAKEN};
use crate::accounts::{LoginError, NewPassword, RegisterError, Registered, Registration, Run, TypedName};
use crate::http::body::Body;
use crate::http::endpoint::{Endpoint, Endpoints, FieldDescription, FieldKind, Member, Operation, Shape, Switch};
use crate::http::faults::{Code, Fault, FieldErrors, FieldFault};
use crate::http::fields::TextRule;
use crate::http::reply::{self, Answer};
use crate::identity::{EmailAddress, PersonName};
use crate::passwords::Password;
use crate::profile_fields::ProfileFields;
use crate::settings::{Settings, UserField};

const PASSWORDS_DIFFER: FieldFault = FieldFault::told(Code::PasswordMismatch, "Password fields didn't match.");

/// The state of the contract's handlers.
pub(super) struct TutorialContract {
    site: Arc<Site>,
    base_path: String,
}

type Handle = Data<Arc<TutorialContract>>;

impl TutorialContract {
    pub(super) fn new(site: &Arc<Site>, settings: &Settings) -> Self {
        Self { site: Arc::clone(site), base_path: settings.contracts.tutorial.base_path.clone() }
    }
}

impl Contract for TutorialContract {
    fn title(&self) -> (&'static str, &'static str) {
        ("tutorial", "The token API of a tutorial for Wagtail and Django REST framework.")
    }

    fn base_path(&self) -> &str {
        &self.base_path
    }

    fn add_state(self: Arc<Self>, data: &mut Extensions) {
        data.insert(Handle::new(self));
    }

    fn register(&self, endpoints: &mut Endpoints<'_>) {
        let open = if self.site.accounts.is_registration_open() { Switch::On } else { Switch::Off };
        let required = FieldDescription::required;
        let mut fields = vec![
            required("email", FieldKind::Email, "Email address").at_most(EmailAddress::MAXIMUM_CHARACTERS),
            required("password", FieldKind::String, "Password"),
            required("password2", FieldKind::String, "Password2"),
        ];
        fields.splice(..0, describe_new_username(&self.site.accounts));
        fields.extend(declared_fields::describe_at_registration(self.site.accounts.profile_fields()));
        let register = Endpoint::open("register", "Register")
            .switched(open)
            .taking("POST", fields)
            .described(Method::POST, move || self.register_operation())
            .on(Method::POST, register);
        let login = Endpoint::open("login", "Login").described(Method::POST, login_operation).on(Method::POST, login);
        endpoints.add(register).add(login);
    }
}

impl TutorialContract {
    fn register_operation(&self) -> Operation {
        let accounts = &self.site.accounts;
        let shown = describe_fields([UserField::Username, UserField::Email]);
        let user = shown.chain(describe_declared(accounts.profile_fields(), Viewer::Owner));
        let weak = accounts.password_rules().into_iter().map(FieldFault::from);
        Operation::new("register", "Register a user")
            .throttled()
            .repeatable()
            .answers(StatusCode::CREATED, "The new user.", Shape::object(user).named("User"))
            .refuses([Fault::field("username", USERNAME_TAKEN), Fault::field("email", EMAIL_TAKEN)])
            .refuses(weak.chain([PASSWORDS_DIFFER]).map(|fault| Fault::field("password", fault)))
            .refuses([declared_fields::too_large()])
    }
}

fn login_operation() -> Operation {
    let field = |name, label| FieldDescription::required(name, FieldKind::String, label);
    Operation::new("login", "Log in with a password")
        .taking(vec![field("username", "Username"), field("password", "Password")])
        .throttled()
        .answers(StatusCode::OK, "Logged in.", Shape::object([Member::text("token")]))
        .refuses([LoginError::NoSuchUser, LoginError::Unverified].map(refused))
}

/// A new user: name and address, then the declared fields.
struct RegisteredUser<'a> {
    user: &'a Registered,
    declared: &'a ProfileFields,
}

impl Serialize for RegisteredUser<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        let values = UserValues::of_registered(self.user);
        values.serialize_fields([UserField::Username, UserField::Email], &mut object)?;
        values.serialize_declared(self.declared, Viewer::Owner, &mut object)?;
        object.end()
    }
}

async fn register(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    let site = &contract.site;
    let registering = Registering::admit(site, &site.accounts, &request)?;

    let mut fields = body.fields()?;
    let username = read_new_username(&site.accounts, &mut fields);
    // It is required, but may be blank.
    let is_email_sent = fields.is_sent("email");
    let email = fields.optional_parsed("email", TextRule::EMAIL.or_blank(), |text| site.accounts.parse_email(text));
    if !is_email_sent {
        fields.refuse("email", FieldFault::Required);
    }
    let maximum = site.registered_password_max_length;
    let password = fields.parsed("password", TextRule::EXACT, |text| Password::parse(text, maximum));
    let repeated = fields.parsed("password2", TextRule::EXACT, |text| Password::parse(text, usize::MAX));
    let declared = declared_fields::read_at_registration(&mut fields, site.accounts.profile_fields());
    let (typed_username, typed_email) =
        (username.value().and_then(Option::as_ref), email.value().and_then(Option::as_ref));
    let taken = registering.look_up_taken(typed_username, typed_email).await?;
    if taken.username {
        fields.refuse("username", USERNAME_TAKEN);
    }
    if taken.email {
        fields.refuse("email", EMAIL_TAKEN);
    }
    let (username, email, password, repeated) = fields.finish((username, email, password, repeated))?;

    let run = if repeated.equals(&password) { Run::Real } else { Run::Dry };
    let registration = Registration {
        username,
        email,
        first_name: PersonName::default(),
        last_name: PersonName::default(),
        fields: declared,
        password: NewPassword { password, run },
    };
    let user = registering.register(registration, register_fault).await?;
    reply::json(StatusCode::CREATED, &RegisteredUser { user: &user, declared: site.accounts.profile_fields() })
}

fn register_fault(fact: RegisterError) -> Fault {
    let mut errors = FieldErrors::default();
    match fact {
        RegisterError::Closed => return Fault::not_found(),
        RegisterError::EmailMissing => errors.add("email", FieldFault::Blank),
        RegisterError::FieldsTooLarge => return declared_fields::too_large(),
        RegisterError::FieldsMissing(names) => {
            names.into_iter().for_each(|name| errors.add(name, FieldFault::Required));
        }
        RegisterError::Password(weaknesses) if weaknesses.is_empty() => errors.add("password", PASSWORDS_DIFFER),
        RegisterError::Password(weaknesses) => weaknesses.iter().for_each(|weak| errors.add("password", *weak)),
        RegisterError::Taken { username: true, .. } => errors.add("username", USERNAME_TAKEN),
        RegisterError::Taken { .. } => errors.add("email", EMAIL_TAKEN),
    }
    errors.into_fault()
}

async fn login(contract: Handle, request: HttpRequest, body: Body) -> Answer {
    let site = &contract.site;
    site.admit(&site.throttles.login, &request)?;

    let mut fields = body.fields()?;
    let username = fields.optional_text("username", TextRule::EXACT);
    let password =
        fields.optional_parsed("password", TextRule::EXACT, |text| Password::parse(text, site.password_max_length));
    let (Some(Some(username)), Some(Some(password))) = (username.value(), password.value()) else {
        return Err(refused(LoginError::NoSuchUser));
    };
    let (username, client) = (TypedName::Username(username), site.client(&request));
    let session = site.accounts.log_in(username, password.clone(), client).await.map_err(telling(refused))?;
    let mut response = reply::json(StatusCode::OK, &json!({ "token": session.token.expose() }))?;
    site.give_cookies(&request, &mut response, &session);
    Ok(response)
}

/// Every wrong login gets the same sentence, and no challenge.
fn refused(fact: LoginError) -> Fault {
    let code = if fact == LoginError::Unverified { Code::EmailNotVerified } else { Code::LoginInvalid };
    Fault::detail(StatusCode::UNAUTHORIZED, code, "Invalid credentials")
}
