// Starts the real program with settings of a test, and reads its mailbox.

import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { readClaim } from "../../web/client/countersign.js";

export const PASSWORD = "Kettle-Harbor-42";

export class Server {
  /** Starts the program on a free port. */
  static async start(settings = "", { throttled = false } = {}) {
    const directory = await mkdtemp(join(tmpdir(), "countersign-client-"));
    const common = `server.bind = "localhost:0"\nthrottle.enabled = ${throttled}\npasswords.memory_kib = 8\npasswords.passes = 1\n`;
    await writeFile(join(directory, "settings.toml"), common + settings);
    const child = spawn(process.env.COUNTERSIGN_PROGRAM, ["--settings", "settings.toml", "serve"], {
      cwd: directory, stdio: ["ignore", "ignore", "pipe"],
    });
    let log = "";
    const api = await new Promise((resolve, reject) => {
      child.stderr.on("data", (text) => {
        log += text;
        const found = / {2}API +(\S+)/.exec(log);
        if (found) resolve(found[1]);
      });
      child.on("error", reject);
      child.on("exit", () => reject(new Error(`the program does not serve:\n${log}`)));
    });
    return new Server(directory, child, api);
  }

  constructor(directory, child, api) {
    Object.assign(this, { directory, child, api, origin: new URL(api).origin });
  }

  async stop() {
    const ended = new Promise((resolve) => { this.child.on("exit", resolve); });
    this.child.kill("SIGTERM");
    await ended;
    await rm(this.directory, { recursive: true });
  }

  /** Waits for a mail to this address that has a link, and returns the newest one's. */
  async link(to) {
    for (let tries = 0; tries < 300; tries += 1) {
      const answer = await fetch(`${this.origin}/mailbox/mails.json?limit=1&to=${encodeURIComponent(to)}`);
      const [mail] = await answer.json();
      if (mail?.links.length) {
        await fetch(`${this.origin}/mailbox/mails.json?to=${encodeURIComponent(to)}`, { method: "DELETE" });
        return mail.links[0];
      }
      await pause(50);
    }
    throw new Error(`no mail to ${to}`);
  }

  /** Registers a user who has proved the address. */
  async user(client, name) {
    await client.register(registration(name));
    return client.verifyRegistration(readClaim(await this.link(`${name}@mail.example`)));
  }
}

export function registration(name) {
  return { username: name, email: `${name}@mail.example`, password: PASSWORD, password_confirm: PASSWORD };
}

/** Sends requests with `fetch`, and remembers their paths. */
export function counting() {
  const paths = [];
  const send = async (url, init) => {
    paths.push(new URL(url).pathname.split("/").slice(-2)[0]);
    return fetch(url, init);
  };
  return { paths, send };
}
