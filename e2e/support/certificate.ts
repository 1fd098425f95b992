/**
 * A certificate for `models.test`, `mcp.test`, `telegram.test` and the address 93.184.215.14, and its key.
 * It protects nothing: only programs trust it that a test starts with it in `NODE_EXTRA_CA_CERTS`.
 */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBwjCCAWigAwIBAgIUE8kxif50mKCuTotLV/a1JfJ/KhgwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOUGx1Z2dyYW0gdGVzdHMwIBcNMjYxMTMwMjMyMjEyWhgPMjEy
NjExMDYyMzIyMTJaMBkxFzAVBgNVBAMMDlBsdWdncmFtIHRlc3RzMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEUfB0MhqOdmbm4qi+sPxsKIO9GehOK/dfvQsL/qLM
B+sRYZQE36IM+T50isv7blgAtjr38tYHlHt1zA5w/1uVWKOBizCBiDAdBgNVHQ4E
FgQUruyXrt9XN+8zednpxLs+lPhwXFwwHwYDVR0jBBgwFoAUruyXrt9XN+8zednp
xLs+lPhwXFwwDwYDVR0TAQH/BAUwAwEB/zA1BgNVHREELjAsggttb2RlbHMudGVz
dIIIbWNwLnRlc3SCDXRlbGVncmFtLnRlc3SHBF241w4wCgYIKoZIzj0EAwIDSAAw
RQIgSNoWgIqTlO9VwtcxGfXhaVCVM1V4ZDOreAKc+kTANsICIQD6brOjj5DB/yq3
5oYAqXm6WYk4f3DRtKwbt5SvHuufmg==
-----END CERTIFICATE-----
`
export const CERTIFICATE_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgGDPtWjUhYJgBnZ34
FekKpG11RHudXmgwupRL3bRg/HahRANCAARR8HQyGo52ZubiqL6w/Gwog70Z6E4r
91+9Cwv+oswH6xFhlATfogz5PnSKy/tuWAC2Ovfy1geUe3XMDnD/W5VY
-----END PRIVATE KEY-----
`
