/**
 * What the service's process is started with so that glibc gives memory back (mallopt(3)): two arenas instead of eight a
 * processor, measured under Node: 20 MB less while a ward is fetched. Thresholds of 128 KiB, as they were here too, saved 8 MB
 * more and cost a seventh of the processor's time: what deflate and Zstandard work in was mapped anew for each page. Electron's
 * own allocator and other systems take no notice of it.
 */
export const ALLOCATOR = {
  MALLOC_ARENA_MAX: "2",
} as const;
