//! Ports for servers that are closed and opened again.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};

/// A port that nobody else gets while its server is down: none of those that the kernel gives to whoever asks for any,
/// which every connection does.
pub fn free() -> u16 {
    let range = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").expect("this is Linux");
    let first: u32 = range.split_whitespace().next().and_then(|first| first.parse().ok()).expect("the kernel says so");
    let below = first.clamp(2_048, 65_536) - 1_024;
    let mut ports = (0..1_000).map(|_| 1_024 + getrandom::u32().expect("there is randomness") % below);
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    ports.find_map(|port| u16::try_from(port).ok().filter(is_free)).expect("one in a thousand is free")
}
