import { createHash, createHmac } from "node:crypto";
import type { Millis } from "@ringdesk/std";
import { describe, expect, test } from "vitest";
import { noBody, type Header, type SipRequest, type SipResponse } from "../syntax/index.ts";
import { DigestClient, DigestGuard, digestResponse, MAX_USED_NONCES, NONCE_LIFE_MS, parseDigest, type Credentials, type DigestHash } from "./index.ts";

const hash: DigestHash = (algorithm, text) => createHash(algorithm === "MD5" ? "md5" : "sha256").update(text).digest("hex");
const at = (ms: number): Millis => ms as Millis;
const request = (method = "INVITE", ...headers: Header[]): SipRequest => ({ kind: "request", method, uri: "sip:+1555@carrier.example", headers, body: noBody });
const challenged = (status: number, ...values: string[]): SipResponse =>
  ({ kind: "response", status, reason: "", body: noBody, headers: values.map((value) => ({ name: status === 407 ? "proxy-authenticate" : "www-authenticate", value })) });

describe("RFC 7616 §3.9.1: the example of the standard", () => {
  const of = { user: "Mufasa", realm: "http-auth@example.org", password: "Circle of Life", method: "GET", uri: "/dir/index.html",
    nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", qop: { nc: "00000001", cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ" } };
  test("MD5", () => expect(digestResponse(hash, { ...of, algorithm: "MD5" })).toBe("8ca523f5e9506fed4657c9700eebdbec"));
  test("SHA-256", () => expect(digestResponse(hash, { ...of, algorithm: "SHA-256" })).toBe("753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"));
  test("RFC 2617 §3.5 without qop (RFC 2069)", () => expect(digestResponse(hash, { algorithm: "MD5", user: "a", realm: "r", password: "p", method: "INVITE", uri: "sip:x", nonce: "n", qop: null }))
    .toBe(hash("MD5", `${hash("MD5", "a:r:p")}:n:${hash("MD5", "INVITE:sip:x")}`)));
});

describe("reading", () => {
  test("quotes, escapes, spaces, case", () => {
    expect([...parseDigest('DIGEST  Realm = "a \\"b\\"" ,nonce=xyz,qop="auth,auth-int"') ?? []]).toEqual([["realm", 'a "b"'], ["nonce", "xyz"], ["qop", "auth,auth-int"]]);
  });
  for (const bad of ["", "Digest", "Digest ", "Basic x", "Digest a", "Digest a=", 'Digest a="x', "Digest a=b c=d", "Digest a=b,a=c", "Digest a=b,", `Digest ${Array.from({ length: 40 }, (_, i) => `x${i}=1`).join()}`])
    test(`${JSON.stringify(bad.slice(0, 30))} is none`, () => expect(parseDigest(bad)).toBeNull());
});

const client = (credentials: Credentials | null): DigestClient => new DigestClient({ credentialsFor: (peer) => (peer === "carrier" ? credentials : null), hash, newToken: () => "cnonce" });
const account: Credentials = { user: "trunk", password: "secret", realm: null };

describe("SEC-3 answering challenges", () => {
  const md5 = 'Digest realm="carrier.example", nonce="n1", algorithm=MD5, qop="auth", opaque="o"';
  test("401 and 407 are answered in their own header; nc counts, opaque comes back", () => {
    const c = client(account);
    const first = parseDigest(c.answer("carrier", request(), challenged(401, md5), 0)?.value ?? "");
    expect(Object.fromEntries(first ?? [])).toMatchObject({ username: "trunk", nc: "00000001", opaque: "o", qop: "auth", cnonce: "cnonce", uri: "sip:+1555@carrier.example" });
    const second = c.answer("carrier", request("BYE"), challenged(407, md5), 0);
    expect(second?.name).toBe("proxy-authorization");
    expect(parseDigest(second?.value ?? "")?.get("nc")).toBe("00000002");
  });
  test("the strongest algorithm wins, wherever it stands", () => {
    expect(client(account).answer("carrier", request(), challenged(401, md5, md5.replace("MD5", "SHA-256"), 'Digest realm="carrier.example", nonce="x", algorithm=SHA-512-256'), 0)?.value).toContain("algorithm=SHA-256");
  });
  test("a second challenge is answered only when the nonce was stale, a third never", () => {
    const c = client(account);
    expect(c.answer("carrier", request(), challenged(401, md5), 1)).toBeNull();
    expect(c.answer("carrier", request(), challenged(401, `${md5}, stale=TRUE`), 1)).not.toBeNull();
    expect(c.answer("carrier", request(), challenged(401, `${md5}, stale=true`), 2)).toBeNull();
  });
  const other = md5.replace("carrier.example", "attacker.example");
  test("another realm than the account's gets nothing", () => {
    expect(client({ ...account, realm: "carrier.example" }).answer("carrier", request(), challenged(401, other), 0)).toBeNull();
    const learning = client(account);
    expect(learning.answer("carrier", request(), challenged(401, md5), 0)).not.toBeNull();
    expect(learning.answer("carrier", request(), challenged(401, other), 0)).toBeNull();
  });
  test("another neighbour, no account, no usable challenge: nothing", () => {
    expect(client(account).answer("stranger", request(), challenged(401, md5), 0)).toBeNull();
    expect(client(null).answer("carrier", request(), challenged(401, md5), 0)).toBeNull();
    for (const bad of ["Basic realm=x", md5.replace("MD5", "MD5-sess"), md5.replace('"auth"', '"auth-int"'), 'Digest realm="x"'])
      expect(client(account).answer("carrier", request(), challenged(401, bad), 0)).toBeNull();
  });
});

describe("challenging", () => {
  const expected = { user: "trunk", password: "secret", realm: "ringdesk" };
  const guard = (): DigestGuard => {
    let n = 0;
    return new DigestGuard({ hash, seal: (text) => createHmac("sha256", "key").update(text).digest("hex").slice(0, 32), newToken: () => `t${++n}` });
  };
  const answering = (g: DigestGuard, now: number, credentials: Credentials = { ...account, realm: "ringdesk" }): ((again?: boolean) => SipRequest) => {
    const c = client(credentials);
    const values = g.challenge({ realm: "ringdesk" }, false, at(now)).map((h) => h.value);
    return () => {
      const header = c.answer("carrier", request(), challenged(401, ...values), 0);
      return request("INVITE", ...(header === null ? [] : [header]));
    };
  };
  test("the right answer is accepted, again with the next count, and not replayed", () => {
    const g = guard();
    const answer = answering(g, 1_000);
    const first = answer();
    expect(g.verify(first, expected, at(1_010))).toBe("accepted");
    expect(g.verify(first, expected, at(1_020))).toBe("stale");
    expect(g.verify(answer(), expected, at(1_030))).toBe("accepted");
    expect(g.verify(first, expected, at(1_040))).toBe("stale");
  });
  test("both algorithms are offered, SHA-256 first", () => {
    expect(guard().challenge({ realm: "r" }, true, at(0)).map((h) => /algorithm=([^,]+).*(stale=true)$/.exec(h.value)?.slice(1))).toEqual([["SHA-256", "stale=true"], ["MD5", "stale=true"]]);
  });
  test("an algorithm that is not asked for is refused", () => {
    const g = guard();
    expect(g.challenge({ realm: "ringdesk", algorithms: ["MD5"] }, false, at(0))).toHaveLength(1);
    expect(g.verify(answering(g, 0)(), { ...expected, algorithms: ["MD5"] }, at(1))).toBe("refused");
  });
  test("an old nonce is stale, a forged one too when the password is right", () => {
    const g = guard();
    const answer = answering(g, 0);
    expect(g.verify(answer(), expected, at(NONCE_LIFE_MS + 1))).toBe("stale");
    const header = client(account).answer("carrier", request(), challenged(401, 'Digest realm="ringdesk", nonce="1-x-0000", qop="auth"'), 0);
    expect(g.verify(request("INVITE", header ?? { name: "x", value: "" }), expected, at(0))).toBe("stale");
  });
  test("wrong user, password, realm, method, URI or nothing: refused, and nothing tells them apart", () => {
    const g = guard();
    for (const wrong of [{ user: "other" }, { password: "wrong" }]) expect(g.verify(answering(g, 0, { ...account, realm: "ringdesk", ...wrong })(), expected, at(1))).toBe("refused");
    const good = answering(g, 0)();
    expect(g.verify({ ...good, method: "BYE" }, expected, at(1))).toBe("refused");
    expect(g.verify({ ...good, uri: "sip:other@x" }, expected, at(1))).toBe("refused");
    expect(g.verify(good, { ...expected, realm: "else" }, at(1))).toBe("refused");
    expect(g.verify(request(), expected, at(1))).toBe("refused");
  });
  test("more nonces than are remembered: the oldest become stale instead of replayable", () => {
    const g = guard();
    const first = answering(g, 5)();
    expect(g.verify(first, expected, at(6))).toBe("accepted");
    for (let i = 0; i < MAX_USED_NONCES; i++) g.verify(answering(g, 10)(), expected, at(11));
    expect(g.verify(first, expected, at(12))).toBe("stale");
  });
});
