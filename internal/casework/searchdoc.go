package casework

// SearchKind is the kind of document cases are indexed as.
const SearchKind = "case"
