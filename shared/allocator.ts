/**
 * What the service's process is started with so that glibc gives memory back (mallopt(3)): two arenas instead of eight a
 * processor, and pieces of 128 KiB and more (pages, chunks) mapped and unmapped on their own. Measured under Node: tens of MB
 * less while a ward is fetched. Electron's own allocator and other systems take no notice of it.
 */
export const ALLOCATOR = {
  MALLOC_ARENA_MAX: "2",
  MALLOC_TRIM_THRESHOLD_: "131072",
  MALLOC_MMAP_THRESHOLD_: "131072",
} as const;
