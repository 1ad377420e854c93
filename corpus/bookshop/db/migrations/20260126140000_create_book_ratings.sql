CREATE VIEW book_ratings AS
 SELECT reviews.book_id,
    count(*) AS reviews,
    avg(reviews.stars) AS stars
   FROM reviews
  GROUP BY reviews.book_id;
