export { Review } from "./review.tsx";
export { ReviewLink } from "./review-link.tsx";
