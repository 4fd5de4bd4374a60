/* part_photos */
