// Package rollout decides what the users of every app get. Decide is a pure
// function of the state and of what was seen: no clock, no I/O, no chance,
// no log. Effects are the caller's, in the order save, publish, confirm, act.
//
// What always holds (the numbers are those of the invariants that the tests
// of this package name):
//
//   - I1: at most one color of an app is active, and I2: shares sum to 100.
//   - I3: no new traffic goes to a color with nothing ready while the other
//     has something ready. This outranks I4.
//   - I4: a demotion is not undone but by an operator, by a release of new
//     containers, because the other color can't answer for all it should, or
//     because the proxy refused what the demotion led to.
//   - I8: every server is a container of that app and color that still holds
//     its address.
//   - I9: generations only rise, and I19: they rise only with a change.
//   - I10: what is unknown is never read as empty or unhealthy.
//     Out of sight, a container keeps the users it has but gets no more.
//   - I11: deciding twice on the same input changes nothing.
//   - I12: facts that do not undo each other lead to the same servers in any
//     order. With all dead, what stays depends on who died last.
//   - I14: nothing of one app moves another. What an app holds of the proxy,
//     its hosts above all, no other one gets before the app gives it up.
//   - I16: every change of a share leaves one Event with cause and actor.
//   - I17: a rollback's target is ready before the switch.
//   - I18: an operator's rollback beats automation.
//   - I20: a candidate that is ready does not wait but for an operator.
//
// The package names no proxy and no engine, and imports labels and the judge's
// verdicts alone.
package rollout
