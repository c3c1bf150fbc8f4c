import { errorCodes, type Result, type RpcFailure } from "@mathesar/api";

export type SessionInfo = Result<"session.get">;

/** Who is signed in. The one place that other parts ask. */
class Session {
  info = $state<SessionInfo | null>(null);
  /** The session ended while the page was in use: the page stays, and signing in again is asked for above it. */
  expired = $state(false);

  readonly user = $derived(this.info?.user ?? null);
  readonly isSuperuser = $derived(this.info?.user?.is_superuser ?? false);

  set(info: SessionInfo): void {
    this.info = info;
    this.expired = false;
  }

  csrfToken(): string | null {
    return this.info?.csrf_token ?? null;
  }

  /** Looks at every failure of a call for the ones that concern the session itself. */
  notice(failure: RpcFailure): void {
    if (failure.code === errorCodes.authenticationFailed && this.user) this.expired = true;
    if (failure.code === errorCodes.passwordChangeNeeded && this.info) this.info.password_change_needed = true;
  }
}

export const session = new Session();
