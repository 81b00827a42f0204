//! The URL by which a client reached the server.

use actix_web::HttpRequest;
use actix_web::http::header::HOST;
use ipnet::IpNet;

/// Returns scheme and host of the request's URL, without a slash at the end. What a proxy forwards counts if the proxy
/// is `trusted`.
pub(crate) fn base_url(request: &HttpRequest, trusted: &[IpNet]) -> String {
    let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
    if peer.is_some_and(|peer| trusted.iter().any(|network| network.contains(&peer))) {
        let connection = request.connection_info();
        return format!("{}://{}", connection.scheme(), connection.host());
    }
    let config = request.app_config();
    let scheme = if config.secure() { "https" } else { "http" };
    let sent = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let host = sent.or_else(|| request.uri().authority().map(|authority| authority.as_str()));
    format!("{scheme}://{}", host.unwrap_or(config.host()))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_a_trusted_proxy_names_another_host() {
        let trusted: [IpNet; 1] = ["10.0.0.0/8".parse().expect("a network")];
        let url = |peer: &str| {
            let request = TestRequest::get()
                .peer_addr(peer.parse().expect("an address"))
                .insert_header(("host", "api.example:8443"))
                .insert_header(("x-forwarded-host", "accounts.example"))
                .insert_header(("x-forwarded-proto", "https"));
            base_url(&request.to_http_request(), &trusted)
        };
        assert_eq!(url("10.0.0.1:9"), "https://accounts.example");
        assert_eq!(url("[::ffff:10.0.0.1]:9"), "https://accounts.example");
        assert_eq!(url("192.0.2.1:9"), "http://api.example:8443");
    }
}
