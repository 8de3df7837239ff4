// Package compose reads a user's Compose files and splits them: services with
// the label bg.enable=true are colored and go to a project of their own for
// each color, hooks (bg.hook) go with them, and the rest is shared and stays
// in the user's own project.
//
// Its invariants:
//   - It is the only importer of compose-go, and it imports nothing else of
//     bg but labels.
//   - What it renders is text of the Compose specification in which every
//     name is resolved, so that it means the same in any folder and under
//     any environment.
//   - Rendering is pure: same project and same target, same bytes.
//   - Only CLI runs programs, and never through a shell.
//   - Nothing here removes or recreates a volume, a shared service or a
//     shared network.
package compose
