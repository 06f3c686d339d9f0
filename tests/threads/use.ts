import { useBuiltThreads } from "./built.ts";

/** Vitest runs this before each test file. */
useBuiltThreads();
