// Package web is the pages' shell: routes, layout, forms, parts, answers to errors, and the checks every request passes.
// It never decides anything about a case: pages ask a domain room once and show what it says.
package web
