import { mount } from "svelte";
import "./app.css";
import App from "./App.svelte";
import { applyTheme, storedTheme } from "./data/theme";

applyTheme(storedTheme());

const target = document.getElementById("app");
if (!target) throw new Error("The page has no place for the application.");
mount(App, { target });
