/**
 * What entries usually say, the most usual last: a text that is deflated against it says once more only where it is to be found here. States hold such
 * texts, so not one letter of it may ever change: what is better gets another mark, in `short`.
 */
export const usualText = Buffer.from(
  [
    '"suppressPrefixlength":0,"blackhole","unreachable","prohibit","local""l3mdev":true,"onlink":true,"not":true,"goto":"uidrange":"0-0",',
    '"dport":"443","ipproto":"tcp","udp","tos":"0x10","type":"',
    '"nhid":1,"nexthops":[{"weight":1,"expires":"mtu":1400,"pref":"high","fwmark":"0x1/0xff","iif":"eth0","oif":"lo","to":"172.16.0.0/12",',
    '"192.168.0.0/16","10.0.0.0/8","0.0.0.0/0","table":"main"}',
    '"addressesOf":"gatewayOf":"wlan0"wg0"eth1"metric":100,"scope":"link","src":"198.51.100.1"',
    '"family":"inet6","from":"2001:db8::/32"fd00::/8"fe80::1"::/0"loose""default"',
    '{"route1":{"destination":"default","dev":"eth0","family":"inet","table":100,"via":"192.0.2.1"},',
    '{"rule0":{"family":"inet","from":"203.0.113.1","priority":1000,"table":100},"',
  ].join(""),
);
