//! A program declares profile fields, reads them and sets them.

use countersign::UserId;
use countersign::profile_fields::{
    CheckedValues, Declaration, Editable, FieldType, ProfileFields, ProfileValue, ValueFault,
};

use crate::{PASSWORD, Program};

/// A nickname, and a level that users cannot set.
pub fn fields() -> ProfileFields {
    let nickname = Declaration::new("nickname", FieldType::TEXT).check().expect("it is sound");
    let level = Declaration { editable: Editable::Never, ..Declaration::new("level", FieldType::INTEGER) };
    let level = level.check().expect("it is sound");
    ProfileFields::new(vec![nickname, level]).expect("they are sound")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_declares_reads_and_sets_profile_fields() {
    let program = Program::start().await;
    let id = UserId::from_stored(program.verified("ann").await);
    let accounts = program.countersign.accounts();
    let (fields, administration) = (accounts.profile_fields(), accounts.administration());
    let (nickname, level) = (fields.get("nickname").expect("declared"), fields.get("level").expect("declared"));

    let mut values = CheckedValues::default();
    assert_eq!(values.add(level, "high"), Err(vec![ValueFault::NotAnInteger]));
    values.add(level, 7).expect("it fits");
    values.add(nickname, "Annie").expect("it fits");
    let user = administration.set_profile_fields(&id, values).await.expect("she is there");
    let shown: Vec<_> =
        fields.values_of(&user.profile).into_iter().map(|(field, value)| (field.name(), value)).collect();
    assert_eq!(shown, [("nickname", "Annie".into()), ("level", ProfileValue::Integer(7))]);

    let (token, _) = program.log_in("ann", PASSWORD).await;
    let header = format!("Token {token}");
    let (_, profile, _) = program.ask("GET", "/api/v1/accounts/profile/", &[("authorization", &header)]).await;
    assert!(profile.ends_with(r#""nickname":"Annie","level":7}"#), "{profile}");
}
