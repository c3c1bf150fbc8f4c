// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { router } from "$/router/router.svelte";
import type { Route } from "$/router/routes";

vi.mock("$/router/base", () => ({ base: "/" }));

const users: Route = { page: "users" };
const profile: Route = { page: "profile", tab: "account" };
const entries: { state: unknown; path: string }[] = [];
let at = 0;
let stop = () => undefined as void;

/** A history that goes back and forth as browsers do, which the page hears of later. */
beforeEach(() => {
  entries.splice(0, entries.length, { state: null, path: "/" });
  at = 0;
  const show = () => vi.stubGlobal("location", { pathname: entries[at]!.path, search: "", origin: "http://x" });
  vi.stubGlobal("history", {
    get state() {
      return entries[at]!.state;
    },
    pushState(state: unknown, _: string, path: string) {
      entries.splice(++at, entries.length, { state, path });
      show();
    },
    replaceState(state: unknown, _: string, path?: string) {
      entries[at] = { state, path: path ?? entries[at]!.path };
      show();
    },
    go(steps: number) {
      setTimeout(() => {
        at += steps;
        show();
        dispatchEvent(new Event("popstate"));
      });
    },
  });
  show();
  router.mayLeave = () => true;
  stop = router.start();
});
afterEach(() => {
  stop();
  vi.unstubAllGlobals();
});

/** What follows from an answer has been done. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

it("shows a page at once where nobody has to be asked", () => {
  void router.go(users);
  expect(router.route).toEqual(users);
});

it("stays when the answer is no, and goes when it is yes", async () => {
  await router.go(users);
  router.mayLeave = async () => false;
  expect(await router.go(profile)).toBe(false);
  expect(router.route).toEqual(users);
  router.mayLeave = async () => true;
  expect(await router.go(profile)).toBe(true);
  expect(router.route).toEqual(profile);
});

it("does not ask for what is gone anyway, nor for another view of the same page", async () => {
  await router.go(users);
  router.mayLeave = () => expect.fail("nobody is asked");
  router.setSearch(new URLSearchParams("search=a"), { replace: true });
  expect(await router.go(profile, { ask: false })).toBe(true);
});

it("comes back from the browser's back button until the answer is yes", async () => {
  await router.go(users);
  await router.go(profile);
  let answer: (leave: boolean) => void = () => undefined;
  const asked = vi.fn(() => new Promise<boolean>((resolve) => (answer = resolve)));
  router.mayLeave = asked;

  history.go(-2);
  await vi.waitFor(() => expect([asked.mock.calls.length, at]).toEqual([1, 2]));
  expect(router.route).toEqual(profile);
  answer(false);
  await settled();
  expect(at).toBe(2);

  history.go(-2);
  await vi.waitFor(() => expect([asked.mock.calls.length, at]).toEqual([2, 2]));
  answer(true);
  await vi.waitFor(() => expect(router.route).toEqual({ page: "home" }));
  expect(at).toBe(0);
});

it("asks once while somebody is being asked", async () => {
  await router.go(users);
  let answer: (leave: boolean) => void = () => undefined;
  router.mayLeave = vi.fn(() => new Promise<boolean>((resolve) => (answer = resolve)));
  const first = router.go(profile);
  expect(await router.go({ page: "home" })).toBe(false);
  answer(true);
  expect(await first).toBe(true);
  expect(router.mayLeave).toHaveBeenCalledOnce();
});
