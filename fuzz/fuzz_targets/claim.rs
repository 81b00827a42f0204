//! Claims of any shape: parsing never panics, nothing unsigned is believed, and everything that we sign is judged by
//! its time alone.

#![no_main]

use countersign::clock::{Seconds, Timestamp};
use countersign::links::{
    BoundTo, Claim, LinkError, LinkSecret, LinkSigner, Purpose, ResetPassword, ResetUsername, Unbound, VerifyEmail,
    VerifyRegistration,
};
use countersign::secret::Secret;
use libfuzzer_sys::{arbitrary, arbitrary::Arbitrary, fuzz_target};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    user_id: &'a str,
    email: &'a str,
    timestamp: &'a str,
    signature: &'a str,
    link_secret: u128,
    signed_at: i64,
    now: i64,
    valid_for: u64,
}

impl Input<'_> {
    fn judged<P: Purpose>(
        &self,
        signer: &LinkSigner,
        claim: Result<Claim<P>, LinkError>,
        holder: P::Holder<'_>,
    ) -> Result<(), LinkError> {
        let (valid_for, now) = (Seconds::new(self.valid_for), Timestamp::from_unix_seconds(self.now));
        let proof = signer.verify(claim?, holder, valid_for, || now)?;
        assert_eq!(proof.user_id(), self.user_id);
        Ok(())
    }

    fn assert_judged_by_time(&self, judged: Result<(), LinkError>) {
        let age = i128::from(self.now) - i128::from(self.signed_at);
        let expected = match age {
            ..-60 => Err(LinkError::FromTheFuture),
            _ if age > i128::from(self.valid_for) => Err(LinkError::Expired),
            _ => Ok(()),
        };
        assert!(judged == expected || judged == Err(LinkError::Malformed), "{judged:?} at the age of {age} s");
    }
}

fn assert_not_believed(judged: Result<(), LinkError>) {
    assert!(matches!(judged, Err(LinkError::Malformed | LinkError::Forged)), "{judged:?}");
}

fuzz_target!(|input: Input<'_>| {
    let signer = LinkSigner::new(&[Secret::new("a secret for fuzzing, long enough")]).expect("a good secret");
    let link_secret = LinkSecret::parse(&format!("{:032x}", input.link_secret)).expect("32 hex digits");
    let holder = BoundTo::User(&link_secret);
    let Input { user_id, email, timestamp, signature, .. } = input;

    let claim = Claim::<VerifyRegistration>::parse(user_id, timestamp, signature);
    assert_not_believed(input.judged(&signer, claim, Unbound));
    let claim = Claim::<ResetPassword>::parse(user_id, timestamp, signature);
    assert_not_believed(input.judged(&signer, claim, holder));
    let claim = Claim::<ResetUsername>::parse(user_id, timestamp, signature);
    assert_not_believed(input.judged(&signer, claim, holder));
    let claim = Claim::<VerifyEmail>::parse(user_id, email, timestamp, signature);
    assert_not_believed(input.judged(&signer, claim, holder));

    assert_not_believed(input.judged(&signer, Claim::<VerifyRegistration>::parse_uid_token(user_id, signature), Unbound));
    assert_not_believed(input.judged(&signer, Claim::<VerifyEmail>::parse_uid_token(user_id, signature), holder));
    assert_not_believed(input.judged(&signer, Claim::<ResetPassword>::parse_key(signature), holder));
    assert_not_believed(input.judged(&signer, Claim::<ResetUsername>::parse_key(signature), holder));

    let signed_at = Timestamp::from_unix_seconds(input.signed_at);
    let canonical = input.signed_at.to_string();
    let link = signer.sign_verify_registration(user_id, signed_at);
    let claim = Claim::<VerifyRegistration>::parse(user_id, &canonical, &link.signature());
    input.assert_judged_by_time(input.judged(&signer, claim, Unbound));
    let link = signer.sign_verify_email(user_id, email, &link_secret, signed_at);
    let claim = Claim::<VerifyEmail>::parse(user_id, email, &canonical, &link.signature());
    input.assert_judged_by_time(input.judged(&signer, claim.clone(), holder));
    assert_not_believed(input.judged(&signer, claim, BoundTo::Nobody));
    let claim = Claim::<VerifyEmail>::parse_uid_token(&link.uid(), &link.token());
    input.assert_judged_by_time(input.judged(&signer, claim, holder));
    let claim = Claim::<VerifyEmail>::parse_key(&link.key());
    input.assert_judged_by_time(input.judged(&signer, claim, holder));
    let link = signer.sign_reset_username(user_id, &link_secret, signed_at);
    let claim = Claim::<ResetUsername>::parse_key(&link.key());
    input.assert_judged_by_time(input.judged(&signer, claim, holder));
    assert_not_believed(input.judged(&signer, Claim::<ResetPassword>::parse_key(&link.key()), holder));
});
